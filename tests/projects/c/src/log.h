#ifndef LOG_H
#define LOG_H
#define LOG(...) log_line(__VA_ARGS__)
void log_line(const char *format, ...);
#endif
