// The peer of an endpoint's program: libfcgi and libpq in C, one session, one small statement a request.
#include <fcgiapp.h>
#include <libpq-fe.h>
#include <stdlib.h>

int main(void) {
  FCGX_Request request;
  PGconn *session = PQconnectdb(getenv("DATABASE_URL"));
  if (PQstatus(session) != CONNECTION_OK || FCGX_Init() != 0) return 1;
  FCGX_InitRequest(&request, 0, 0);
  while (FCGX_Accept_r(&request) == 0) {
    PGresult *result = PQexec(session, "select 1");
    FCGX_FPrintF(request.out, "Status: 200\r\nContent-Type: text/plain\r\n\r\n%s\n", PQgetvalue(result, 0, 0));
    PQclear(result);
    FCGX_Finish_r(&request);
  }
  return 0;
}
