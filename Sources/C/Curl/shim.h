#include <curl/curl.h>

/* Swift cannot call variadic functions: one inline function an argument shape. */
static inline CURLcode tis_setopt_long(CURL *h, CURLoption o, long v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tis_setopt_string(CURL *h, CURLoption o, const char *v) { return curl_easy_setopt(h, o, v); }
static inline CURLcode tis_setopt_pointer(CURL *h, CURLoption o, const void *v) { return curl_easy_setopt(h, o, v); }
typedef size_t (*tis_write_function)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode tis_setopt_write(CURL *h, CURLoption o, tis_write_function f) {
  return curl_easy_setopt(h, o, f);
}
static inline CURLcode tis_getinfo_long(CURL *h, CURLINFO i, long *v) { return curl_easy_getinfo(h, i, v); }
static inline CURLcode tis_getinfo_pointer(CURL *h, CURLINFO i, void **v) { return curl_easy_getinfo(h, i, v); }
static inline CURLMcode tis_multi_setopt_long(CURLM *m, CURLMoption o, long v) { return curl_multi_setopt(m, o, v); }
static inline CURLcode tis_setopt_opensocket(CURL *h, curl_opensocket_callback f) {
  return curl_easy_setopt(h, CURLOPT_OPENSOCKETFUNCTION, f);
}
static inline CURLcode tis_setopt_prereq(CURL *h, curl_prereq_callback f) {
  return curl_easy_setopt(h, CURLOPT_PREREQFUNCTION, f);
}
/* curl_sockaddr ends in an address that is longer than its declared type: Swift would copy too little of it. */
static inline const void *tis_sockaddr(const struct curl_sockaddr *a) { return &a->addr; }
