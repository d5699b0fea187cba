#include "os.h"

#ifdef _WIN32
int WINAPI page_size(void) { return 1; }
#else
int page_size(void) { return 2; }
#endif

#define EXPORTED_AS(name) extern int name

extern "C" int page_count(void) {
#ifdef WIDE
  if (page_size() > 1) {
#else
  if (page_size() > 2) {
#endif
    return page_size();
  }
  return 0;
}

PYBIND11_MODULE(bank_os, m) { m.def("page_size", &page_size); }
