; What only the grammars of TypeScript have

(import_alias) @import
(import_require_clause) @ignored
(import_alias (identifier) @hidden)
(enum_body name: (_) @hidden)
(function_type (formal_parameters) @ignored)
(mapped_type_clause name: (type_identifier) @hidden)
(infer_type (type_identifier) @hidden)
(index_signature name: (identifier) @hidden)
(type_predicate name: (identifier) @hidden)
(required_parameter pattern: (identifier) @hidden)
(optional_parameter pattern: (identifier) @hidden)


(function_signature) @function
(class_body [(method_signature) (abstract_method_signature)] @method)
(public_field_definition value: [(arrow_function) (function_expression)] @method)
(public_field_definition value: (class) @class)
(interface_body (method_signature) @method)
(object_type (method_signature) @method)
(abstract_class_declaration) @class.abstract
(interface_declaration) @class.interface
(enum_declaration) @class.enum
(type_alias_declaration value: [(object_type) (intersection_type (object_type))]) @class.type
(type_alias_declaration) @variable.type_alias
[(internal_module) (module)] @module.namespace
(public_field_definition) @variable.field
(interface_body (property_signature) @variable.property)
(type_alias_declaration value: (object_type (property_signature) @variable.property))
(type_alias_declaration value: (intersection_type (object_type (property_signature) @variable.property)))
(enum_body [name: (_) @variable.enum_member (enum_assignment) @variable.enum_member])
(ambient_declaration (lexical_declaration (variable_declarator) @variable))
(ambient_declaration (variable_declaration (variable_declarator) @variable))
(internal_module body: (statement_block (lexical_declaration (variable_declarator) @variable)))
(internal_module body: (statement_block (export_statement (lexical_declaration (variable_declarator) @variable))))
(module body: (statement_block (lexical_declaration (variable_declarator) @variable)))
(module body: (statement_block (export_statement (lexical_declaration (variable_declarator) @variable))))
(required_parameter [(accessibility_modifier) "readonly"]) @attribute
(optional_parameter [(accessibility_modifier) "readonly"]) @attribute

(required_parameter pattern: [(object_pattern) (array_pattern)]) @bind
[(type_identifier) (nested_type_identifier) (generic_type)] @type
