; What stands where in a C file; `docs/languages.md` says what the captures mean.

(comment) @comment
(preproc_include) @import

; Names that are no uses
(preproc_ifdef name: (identifier) @hidden)
(preproc_params (identifier) @hidden)
(preproc_defined (identifier) @hidden)
(attribute (identifier) @hidden)
(attribute_specifier) @ignored
(ms_declspec_modifier (identifier) @hidden)
(field_designator (field_identifier) @key)
(sizeof_expression (parenthesized_expression (identifier) @type))

; Definitions
(function_definition) @declared
(declaration) @declared
(field_declaration) @declared
(type_definition) @declared
(declaration declarator: (_) @declarator)
(field_declaration declarator: (_) @declarator)
(type_definition declarator: (_) @declarator)
(struct_specifier) @class.struct
(union_specifier) @class.union
(enum_specifier) @class.enum
(enumerator) @variable.enum_member
(preproc_function_def) @function.macro
(preproc_def) @variable.macro

; Regions in which names are bound
[
  (compound_statement) (if_statement) (for_statement) (while_statement) (switch_statement)
] @scope

; Uses
[
  (call_expression) (field_expression) (subscript_expression) (pointer_expression) (cast_expression)
  (compound_literal_expression) (identifier)
] @expression
(type_identifier) @type
