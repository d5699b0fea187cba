; What stands where in a Ruby file; `docs/languages.md` says what the captures mean.

(comment) @comment

; Names that are no uses
(scope_resolution name: (constant) @hidden)
(call receiver: [(constant) (scope_resolution)] method: (identifier) @hidden (#eq? @hidden "new"))
(undef [(identifier) (constant)] @hidden)
(keyword_pattern key: (_) @hidden)
(assignment left: (call receiver: (_) method: (identifier) @hidden))
(assignment left: (call receiver: (call receiver: (_) method: (identifier) @hidden)))

; Calls whose word makes them definitions, imports, bases or marks; `synth.graph.code.ruby.words` says which
(call !receiver method: (identifier)) @word
(call receiver: (constant) @_r (#eq? @_r "RSpec")) @word
(call
  receiver: (identifier) @_r method: (identifier) @_m arguments: (argument_list (constant))
  (#any-of? @_r "config" "c") (#any-of? @_m "include" "extend")) @base
(body_statement
  (identifier) @bind
  (#any-of? @bind "private" "protected" "public" "module_function"))
(call
  !receiver method: (identifier) @_m block: (_) @bind
  (#any-of? @_m "let" "let!" "let_it_be" "subject" "subject!"))

; Classes, modules and what makes them
(module) @class.module
(class) @class
(singleton_class) @scope
(assignment
  left: (constant)
  right: (call receiver: (constant) @_c method: (identifier) @_m
    (#any-of? @_c "Struct" "Data" "Class" "Module") (#any-of? @_m "new" "define"))
) @class.made
(assignment right: (call receiver: (constant) @_c arguments: (argument_list (simple_symbol) @variable.attribute)
  (#any-of? @_c "Struct" "Data")))
(superclass (call receiver: (constant) @_c arguments: (argument_list (simple_symbol) @variable.attribute)
  (#any-of? @_c "Struct" "Data")))

; Methods
(method) @function
(singleton_method) @function.singleton
(alias) @function.alias

; Constants and instance variables
(assignment left: [(constant) (scope_resolution)]) @variable.constant
(operator_assignment left: (constant)) @variable.constant
(assignment left: (left_assignment_list (constant))) @variable.constant
(assignment left: [(instance_variable) (class_variable)]) @attribute
(operator_assignment left: [(instance_variable) (class_variable)]) @attribute
(assignment left: (left_assignment_list (instance_variable))) @attribute

; Regions in which names are bound, and what binds them
[(do_block) (block) (lambda)] @scope.lambda
(assignment left: [(identifier) (left_assignment_list)]) @bind
(operator_assignment left: (identifier)) @bind
(call receiver: (_) block: (_ parameters: (block_parameters . (identifier)) @bind))
[
  (for) (rescue) (in_clause) (match_pattern) (as_pattern) (array_pattern) (find_pattern) (keyword_pattern)
] @bind

; What methods give
(return (argument_list . (_) @return .))
(method body: (body_statement (_) @return .))
(singleton_method body: (body_statement (_) @return .))
(method body: [
  (call) (identifier) (constant) (scope_resolution) (instance_variable) (self) (operator_assignment)
] @return)

; Uses
(assignment left: (call) @key)
(exceptions [(constant) (scope_resolution)] @type)
[
  (call) (scope_resolution) (element_reference) (constant) (instance_variable) (class_variable) (super) (identifier)
] @expression
