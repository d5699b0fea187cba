#pragma once

#define BANK_API __attribute__((visibility("default")))
#define BANK_BEGIN_NAMESPACE namespace bank { inline namespace v1 {
#define BANK_END_NAMESPACE } }
#define BANK_MAX(a, b) ((a) > (b) ? (a) : (b))
