; What stands where in JavaScript and TypeScript alike; `docs/languages.md` says what the captures mean.

(comment) @comment
(import_statement) @import
(export_statement) @import
((call_expression function: (identifier) @_require arguments: (arguments . (string) .)) @import
  (#eq? @_require "require"))
(call_expression function: (import) arguments: (arguments . (string))) @import
(assignment_expression left: [(identifier) (member_expression)]) @import
(variable_declarator name: (identifier) value: (object)) @import
(export_statement value: (object) @import)

; Names that are no uses
(variable_declarator name: (identifier) @hidden)
(labeled_statement label: (_) @hidden)
[(import_clause) (export_clause) (namespace_export)] @ignored
(meta_property) @hidden
(arrow_function parameter: (identifier) @hidden)
(assignment_expression left: (member_expression) @hidden right: [(function_expression) (arrow_function) (class)])

; Tests and what is set up for them; anchors keep matches from staying open over whole files
((call_expression function: (identifier) @_test arguments: [
      (arguments . (_) . [(arrow_function) (function_expression)])
      (arguments . [(string) (template_string)] . [(call_expression) (object)])]) @function.test
  (#any-of? @_test "describe" "context" "suite" "it" "test" "specify" "bench" "xit" "xdescribe" "fit" "fdescribe"))
((call_expression function: (member_expression object: (identifier) @_test) arguments: [
      (arguments . (_) . [(arrow_function) (function_expression)])
      (arguments . [(string) (template_string)] . [(call_expression) (object)])]) @function.test
  (#any-of? @_test "describe" "context" "suite" "it" "test" "specify" "bench"))
((call_expression function: (member_expression object: (identifier) @_context property: (_) @_test) arguments: [
      (arguments . (_) . [(arrow_function) (function_expression)])
      (arguments . [(string) (template_string)] . [(call_expression) (object)])]) @function.test
  (#eq? @_context "t") (#eq? @_test "test"))
((call_expression function: (member_expression object: (member_expression object: (identifier) @_test)) arguments: [
      (arguments . (_) . [(arrow_function) (function_expression)])
      (arguments . [(string) (template_string)] . [(call_expression) (object)])]) @function.test
  (#any-of? @_test "describe" "it" "test"))
((call_expression function: (call_expression function: (member_expression object: [
    (identifier) @_test (member_expression object: (identifier) @_test)])) arguments: [
      (arguments . (_) . [(arrow_function) (function_expression)])
      (arguments . [(string) (template_string)] . [(call_expression) (object)])]) @function.test
  (#any-of? @_test "describe" "it" "test" "bench"))
((call_expression function: (identifier) @_setup arguments: (arguments . [(arrow_function) (function_expression)]))
    @function.setup
  (#any-of? @_setup "beforeEach" "beforeAll" "before" "setup" "suiteSetup" "afterEach" "afterAll" "after" "teardown"
    "suiteTeardown"))

; Definitions: functions and classes with the name of what they are assigned to
(class_body (method_definition) @method)
[(function_declaration) (generator_function_declaration)] @function
(variable_declarator value: [(function_expression) (generator_function) (arrow_function)] @function)
(variable_declarator value: (class) @class)
(assignment_expression right: [(function_expression) (generator_function) (arrow_function)] @function)
(assignment_expression right: (class) @class)
(object [(method_definition) @method (pair value: [
  (function_expression) (generator_function) (arrow_function)] @method)])
(export_statement value: [(function_expression) (generator_function) (arrow_function)] @function)
(export_statement value: (class) @class)
(function_expression name: (identifier)) @function
(generator_function name: (identifier)) @function
(pair value: (class) @class)
(class_declaration) @class
(class) @class
(program (lexical_declaration (variable_declarator) @variable))
(program (variable_declaration (variable_declarator) @variable))
(program (export_statement declaration: (lexical_declaration (variable_declarator) @variable)))
(program (export_statement declaration: (variable_declaration (variable_declarator) @variable)))
(export_statement value: [
  (object) (array) (call_expression) (new_expression) (await_expression) (binary_expression) (ternary_expression)
  (string) (template_string) (number)
] @variable.default)
((assignment_expression left: (member_expression object: (_) @_exports) right: [
    (object) (array) (call_expression) (new_expression) (await_expression) (string) (template_string) (number) (null)
    (true) (false)]) @variable.export
  (#any-of? @_exports "exports" "module.exports"))
((assignment_expression left: (member_expression) @_exports right: [
    (array) (call_expression) (new_expression) (await_expression) (string) (template_string) (number)]) @variable.export
  (#eq? @_exports "module.exports"))
(assignment_expression left: (member_expression object: (this))) @attribute

; Regions in which names are bound
(object [
  (method_definition) (pair value: [(function_expression) (generator_function) (arrow_function) (object)])
]) @scope.object
[(arrow_function) (function_expression) (generator_function)] @scope.lambda
[
  (statement_block) (for_statement) (for_in_statement) (catch_clause) (switch_body) (class_static_block)
] @scope

; What binds names there
[(variable_declarator) (for_in_statement)] @bind
(catch_clause parameter: (_) @bind)
(assignment_expression left: (identifier)) @assign
((call_expression function: (member_expression property: (property_identifier) @_each) arguments: (arguments . [
    (arrow_function parameter: (_) @bind) (arrow_function parameters: (formal_parameters . (_) @bind))
    (function_expression parameters: (formal_parameters . (_) @bind))]))
  (#any-of? @_each "map" "forEach" "filter" "find" "findIndex" "findLast" "some" "every" "flatMap" "then"))

; Bases that a call or an assignment gives
((call_expression function: (_) @_inherits arguments: (arguments . (_) (_) .)) @base
  (#match? @_inherits "(^|\\.)(inherits|setPrototypeOf)$"))
((assignment_expression left: (member_expression property: (property_identifier) @_prototype)
    right: (call_expression)) @base
  (#eq? @_prototype "prototype"))

; What a function gives
(return_statement (_) @return)
(arrow_function body: [
  (call_expression) (new_expression) (identifier) (member_expression) (await_expression) (parenthesized_expression)
] @return)

; Uses
[
  (call_expression) (new_expression) (member_expression) (subscript_expression) (identifier)
  (shorthand_property_identifier)
] @expression
