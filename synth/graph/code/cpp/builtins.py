"""Which names does every C or C++ file know?"""

from collections.abc import Mapping

from synth.graph.code.toolkit.rules import words

BUILTINS = words(
    "void bool char short int long float double signed unsigned auto wchar_t char8_t char16_t char32_t _Bool "
    "size_t ssize_t ptrdiff_t nullptr_t intptr_t uintptr_t intmax_t uintmax_t int8_t int16_t int32_t int64_t uint8_t "
    "uint16_t uint32_t uint64_t NULL true false nullptr TRUE FALSE EOF defined __FILE__ __LINE__ __func__ __FUNCTION__ "
    "__VA_ARGS__ __cplusplus sizeof alignof decltype typeid noexcept static_assert _Static_assert offsetof va_list "
    "va_start va_end va_arg va_copy this"
)
"""Those that are part of the language, which get no edges."""

NAMESPACES = words("std boost absl testing folly google fmt spdlog nlohmann Catch doctest benchmark Eigen cv asio grpc")
"""Namespaces that are known to be some, wherever their names stand."""

STANDARD = words(
    "malloc calloc realloc free memcpy memmove memset memcmp memchr strlen strcmp strncmp strcasecmp strncasecmp "
    "strcpy strncpy strcat strncat strchr strrchr strstr strdup strtok strtol strtoul strtod atoi atof printf "
    "fprintf sprintf snprintf vsnprintf vfprintf scanf sscanf fopen fclose fread fwrite fseek ftell fflush fgets "
    "fputs fputc puts putchar getchar getc open close read write lseek stat fstat unlink exit abort assert qsort "
    "bsearch rand srand time signal getenv system isdigit isalpha isspace isupper islower isalnum toupper "
    "tolower abs min max swap move forward"
)
"""Functions of the standard library: a private one of their name in another file is not meant."""

_NUMBERS = words(
    "int long short char unsigned signed size_t ssize_t double float bool int8_t int16_t int32_t int64_t uint8_t "
    "uint16_t uint32_t uint64_t uintptr_t intptr_t ptrdiff_t"
)
LITERALS: Mapping[str, frozenset[str]] = {
    "int": _NUMBERS,
    "double": frozenset({"float", "double"}),
    "char": _NUMBERS,
    "bool": frozenset({"bool", "int"}),
    "string": frozenset({"char*", "void*", "string", "string_view"}),
}
