; What stands where in a Rust file; `docs/languages.md` says what the captures mean.

(line_comment doc: (doc_comment) !outer) @doc
(block_comment doc: (doc_comment) !outer) @doc
[(line_comment) (block_comment)] @comment

(use_declaration) @import
(extern_crate_declaration) @import
(mod_item !body) @import

; Names that are no uses, and parts that are not read
(use_declaration) @ignored
(extern_crate_declaration) @ignored
(impl_item type: (_) @hidden)
(attribute_item) @ignored
(inner_attribute_item) @ignored
(visibility_modifier) @ignored
(macro_definition (macro_rule) @ignored)
(token_tree) @ignored
(lifetime) @ignored
(label) @ignored
(field_pattern name: (field_identifier) @hidden)
(field_pattern name: (shorthand_field_identifier) @hidden)
(type_binding name: (type_identifier) @hidden)
(field_initializer field: (field_identifier) @key)
(shorthand_field_initializer (identifier) @key)

; Definitions
(mod_item body: (declaration_list)) @module.module
(function_item) @function
(function_signature_item) @function
(macro_definition) @function.macro
(struct_item) @class.struct
(enum_item) @class.enum
(union_item) @class.union
(trait_item) @class.trait
(enum_variant) @variable.enum_member
(struct_item body: (field_declaration_list (field_declaration) @variable.field))
(union_item body: (field_declaration_list (field_declaration) @variable.field))
(source_file (const_item) @variable.const)
(declaration_list (const_item) @variable.const)
(source_file (static_item) @variable.static)
(declaration_list (static_item) @variable.static)
(type_item) @variable.type_alias
(associated_type) @variable.type_alias

; Bases that stand outside of the type
(impl_item trait: (_)) @base

; Regions in which names are bound
(closure_expression) @scope.lambda
[
  (impl_item) (block) (if_expression) (while_expression) (for_expression) (match_arm)
] @scope

; What binds names there
[
  (let_declaration) (let_condition) (for_expression) (match_arm) (closure_parameters) (parameters)
  (const_item) (static_item)
] @bind

; Uses
(struct_pattern type: (scoped_type_identifier) @expression)
[
  (call_expression) (field_expression) (index_expression) (scoped_identifier) (identifier) (struct_expression)
  (macro_invocation) (generic_function) (type_cast_expression) (try_expression) (await_expression)
] @expression
[
  (scoped_type_identifier) (generic_type) (type_identifier)
] @type
