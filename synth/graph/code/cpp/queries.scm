; What stands where in a C++ file; `docs/languages.md` says what the captures mean.

(comment) @comment
(preproc_include) @import
(using_declaration) @import
(namespace_alias_definition) @import
(namespace_definition "inline") @import

; Names that are no uses
(template_parameter_list) @ignored
(destructor_name (identifier) @hidden)
(function_definition !type declarator: (function_declarator parameters: (parameter_list) @arguments))
(namespace_alias_definition name: (namespace_identifier) @hidden)
(using_declaration (identifier) @hidden)
(preproc_ifdef name: (identifier) @hidden)
(preproc_params (identifier) @hidden)
(preproc_defined (identifier) @hidden)
(attribute (identifier) @hidden)
(attribute_specifier) @ignored
(ms_declspec_modifier (identifier) @hidden)
(lambda_capture_specifier (identifier) @hidden)
(field_designator (field_identifier) @key)
(function_declarator declarator: (qualified_identifier) @hidden)
(function_definition declarator: (qualified_identifier) @hidden)
(qualified_identifier name: (qualified_identifier) @hidden)
(sizeof_expression (parenthesized_expression (identifier) @type))

; Definitions
(namespace_definition name: (_)) @module.namespace
(function_definition) @declared
(declaration) @declared
(field_declaration) @declared
(type_definition) @declared
(declaration declarator: (_) @declarator)
(field_declaration declarator: (_) @declarator)
(type_definition declarator: (_) @declarator)
(alias_declaration) @variable.type_alias
(class_specifier) @class
(struct_specifier) @class.struct
(union_specifier) @class.union
(enum_specifier) @class.enum
(enumerator) @variable.enum_member
(concept_definition) @variable.concept
(preproc_function_def) @function.macro
(preproc_def) @variable.macro

; Regions in which names are bound
(lambda_expression) @scope.lambda
[
  (compound_statement) (if_statement) (for_statement) (for_range_loop) (while_statement) (switch_statement)
  (catch_clause)
] @scope

; What binds names there
(for_range_loop) @bind
(catch_clause parameters: (parameter_list (parameter_declaration) @bind))
(lambda_capture_initializer) @bind

; Uses
(init_declarator declarator: (identifier) value: [(argument_list) (initializer_list)] @expression)
(field_initializer) @expression
[
  (call_expression) (field_expression) (subscript_expression) (pointer_expression) (new_expression) (cast_expression)
  (compound_literal_expression) (template_function) (identifier)
] @expression
(qualified_identifier) @qualified
[
  (template_type) (type_identifier)
] @type
