; What stands where in a C# file; `docs/languages.md` says what the captures mean.

(comment) @comment
(using_directive) @import
(using_directive) @ignored
(file_scoped_namespace_declaration) @package
(file_scoped_namespace_declaration name: (_) @ignored)
(extern_alias_directive) @ignored
(global_attribute) @ignored

; Names that are no uses
(labeled_statement (identifier) @hidden)
(goto_statement (identifier) @hidden)
(argument name: (identifier) @hidden)
(attribute_argument name: (identifier) @hidden)
(explicit_interface_specifier) @ignored
(type_parameter_constraints_clause . (identifier) @hidden)
(namespace_declaration name: (_) @hidden)
(tuple_element name: (identifier) @hidden)
(join_clause . (identifier) @hidden)
(anonymous_object_creation_expression (identifier) @hidden)
(object_creation_expression
  initializer: (initializer_expression (assignment_expression left: (identifier) @key)))
(implicit_object_creation_expression
  (initializer_expression (assignment_expression left: (identifier) @key)))
(with_expression (with_initializer . (identifier) @hidden))
(subpattern . (identifier) @hidden)

; Definitions
(namespace_declaration) @module.namespace
(class_declaration) @class
(struct_declaration) @class.struct
(record_declaration) @class.record
(interface_declaration) @class.interface
(enum_declaration) @class.enum
(delegate_declaration) @class.delegate
(method_declaration) @method
(constructor_declaration) @method.constructor
(destructor_declaration) @method.destructor
(operator_declaration) @method.operator
(conversion_operator_declaration) @method.operator
(indexer_declaration) @method.indexer
(local_function_statement) @function.local
(property_declaration) @variable.property
(event_declaration) @variable.event
(event_field_declaration) @variable.event
(field_declaration) @variable.field
(enum_member_declaration) @variable.enum_member
(record_declaration (parameter_list (parameter) @variable.property))
(class_declaration (parameter_list (parameter) @variable.field))
(struct_declaration (parameter_list (parameter) @variable.field))

; Regions in which names are bound
[
  (lambda_expression) (anonymous_method_expression)
] @scope.lambda
[
  (block) (for_statement) (foreach_statement) (using_statement) (fixed_statement) (catch_clause) (switch_section)
  (switch_expression_arm) (query_expression) (if_statement) (while_statement)
] @scope

; What binds names there
[
  (variable_declaration) (foreach_statement) (catch_declaration) (declaration_pattern) (recursive_pattern)
  (var_pattern) (declaration_expression) (from_clause) (let_clause) (lambda_expression)
] @bind

; Uses
(_ type: [
  (identifier) (generic_name) (qualified_name) (alias_qualified_name) (nullable_type) (array_type) (tuple_type)
] @type)
(_ returns: [
  (identifier) (generic_name) (qualified_name) (alias_qualified_name) (nullable_type) (array_type) (tuple_type)
] @type)
(type_argument_list [
  (identifier) (generic_name) (qualified_name) (alias_qualified_name) (nullable_type) (array_type) (tuple_type)
] @type)
(is_expression right: [(identifier) (generic_name) (qualified_name)] @type)
[
  (invocation_expression) (member_access_expression) (conditional_access_expression) (element_access_expression)
  (object_creation_expression) (implicit_object_creation_expression) (array_creation_expression) (cast_expression)
  (as_expression) (generic_name) (identifier) (constructor_initializer) (await_expression) (qualified_name)
] @expression
