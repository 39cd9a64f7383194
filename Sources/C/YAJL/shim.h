#include <yajl/yajl_parse.h>

/* Swift cannot call variadic functions. */
static inline int tis_yajl_config(yajl_handle h, yajl_option o, int v) { return yajl_config(h, o, v); }
