; What stands where in a Java file; `docs/languages.md` says what the captures mean.

[(line_comment) (block_comment)] @comment
(package_declaration) @package
(package_declaration (_) @ignored)
(import_declaration) @import
(import_declaration (_) @ignored)

; Names that are no uses
(labeled_statement (identifier) @hidden)
(break_statement (identifier) @hidden)
(continue_statement (identifier) @hidden)
(element_value_pair key: (identifier) @hidden)
(receiver_parameter) @ignored

; Definitions
(class_declaration) @class
(interface_declaration) @class.interface
(enum_declaration) @class.enum
(record_declaration) @class.record
(annotation_type_declaration) @class.annotation
(object_creation_expression (class_body) @class.anonymous)
(enum_constant body: (class_body) @class.anonymous)
(method_declaration) @method
(annotation_type_element_declaration) @method
(constructor_declaration) @method.constructor
(compact_constructor_declaration) @method.constructor
(field_declaration) @variable.field
(constant_declaration) @variable.field
(enum_constant) @variable.enum_member
(record_declaration parameters: (formal_parameters (formal_parameter) @variable.field))

; Regions in which names are bound
(lambda_expression) @scope.lambda
[
  (block) (constructor_body) (for_statement) (enhanced_for_statement) (try_with_resources_statement) (catch_clause)
  (switch_rule) (switch_block_statement_group)
] @scope

; What binds names there
[
  (local_variable_declaration) (enhanced_for_statement) (resource) (catch_formal_parameter) (instanceof_expression)
  (type_pattern) (record_pattern_component)
] @bind

; Uses
(marker_annotation name: (_) @type)
(annotation name: (_) @type)
[
  (method_invocation) (field_access) (array_access) (object_creation_expression) (array_creation_expression)
  (cast_expression) (method_reference) (explicit_constructor_invocation) (identifier)
] @expression
[
  (scoped_type_identifier) (type_identifier)
] @type
