; What stands where in a Go file; `docs/languages.md` says what the captures mean.

(comment) @comment
(package_clause) @package
(import_spec) @import

; Fields that literals set, and names that are no uses
(keyed_element key: (literal_element (identifier) @key))
(parameter_declaration name: (identifier) @hidden)
(variadic_parameter_declaration name: (identifier) @hidden)
(type_switch_statement alias: (expression_list (identifier) @hidden))
(method_declaration receiver: (parameter_list) @ignored)

; Definitions
(function_declaration) @function
(method_declaration) @method
(type_spec type: (struct_type)) @class.struct
(type_spec type: (interface_type)) @class.interface
(type_spec) @class.type
(type_alias) @variable.type_alias
(type_spec type: (interface_type (method_elem) @method))
(type_spec type: (struct_type (field_declaration_list (field_declaration) @variable.field)))
(source_file (const_declaration (const_spec) @variable.const))
(source_file (var_declaration (var_spec) @variable.var))
(source_file (var_declaration (var_spec_list (var_spec) @variable.var)))

; Regions in which names are bound
(func_literal) @scope.lambda
[
  (block) (if_statement) (for_statement) (expression_switch_statement) (type_switch_statement) (select_statement)
  (expression_case) (default_case) (type_case) (communication_case)
] @scope

; What binds names there
(function_declaration result: (parameter_list (parameter_declaration) @bind))
(method_declaration result: (parameter_list (parameter_declaration) @bind))
(func_literal result: (parameter_list (parameter_declaration) @bind))
[
  (short_var_declaration) (range_clause) (receive_statement) (type_case) (var_spec) (const_spec)
] @bind

; Uses
[
  (call_expression) (selector_expression) (index_expression) (composite_literal) (type_assertion_expression)
  (type_conversion_expression) (identifier)
] @expression
[
  (qualified_type) (type_identifier)
] @type
