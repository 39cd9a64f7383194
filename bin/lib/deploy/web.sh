# shellcheck shell=bash
# nginx: our files, the site, and a certificate to begin with.

place_web() {
  local file
  for file in endpoints tistis_fastcgi tistis_server tistis_uncounted; do
    configure "$tree/nginx/$file.conf" "/etc/nginx/$file.conf" 644
  done
  # Not from the site's own file: that one is edited, and an edited file stays as it is.
  configure "$tree/nginx/tistis_limits.conf" /etc/nginx/conf.d/tistis_limits.conf 644
  configure "$tree/nginx/tistis.conf" /etc/nginx/sites-available/tistis.conf 644
  if [ ! -e /etc/nginx/sites-enabled/tistis.conf ] && [ ! -d /usr/lib/tistis/bin ]; then
    act "enable the site" ln -sf ../sites-available/tistis.conf /etc/nginx/sites-enabled/tistis.conf
  fi
  if [ ! -e /etc/tistis/tls/fullchain.pem ]; then
    act "make a certificate that nobody trusts, so that nginx starts" make_certificate
  fi
  ! grep -q 'server_name tistis.example;' /etc/nginx/sites-available/tistis.conf 2>/dev/null ||
    remark "set your server_name in /etc/nginx/sites-available/tistis.conf"
  ! openssl x509 -in /etc/tistis/tls/fullchain.pem -noout -subject 2>/dev/null | grep -q 'O = TIS TIS self-signed' ||
    remark "nginx has a self-signed certificate: put a real one into /etc/tistis/tls (fullchain.pem, privkey.pem); platforms refuse this one"
  if [ -n "$dry" ]; then return 0; fi
  nginx -t -q || die "nginx does not accept its configuration; the running one goes on with the old" "mend the line it names, then $0 again"
}

make_certificate() {
  install -d -m 700 /etc/tistis/tls
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=TIS TIS self-signed/CN=$(hostname)" \
    -keyout /etc/tistis/tls/privkey.pem -out /etc/tistis/tls/fullchain.pem 2>/dev/null
}
