/* What the system says. */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

int page_count(void);

#ifdef __cplusplus
}
#endif
