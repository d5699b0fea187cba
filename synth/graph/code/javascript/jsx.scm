; JSX, in JavaScript and TSX

((jsx_opening_element name: (identifier) @hidden) (#match? @hidden "^[a-z]"))
((jsx_self_closing_element name: (identifier) @hidden) (#match? @hidden "^[a-z]"))
(jsx_closing_element) @ignored
[(jsx_opening_element) (jsx_self_closing_element)] @expression
