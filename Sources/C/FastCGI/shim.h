#include <fcgiapp.h>
// Of the system's headers the one that Swift does not bring: how a process waits on the listener that it shares.
#include <sys/epoll.h>
