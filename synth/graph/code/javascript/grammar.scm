; What only the grammar of JavaScript has

(field_definition property: (_) value: [(arrow_function) (function_expression)] @method)
(field_definition value: (class) @class)
(field_definition) @variable.field

(formal_parameters [(object_pattern) (array_pattern) (assignment_pattern)] @bind)
