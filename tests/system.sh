#!/bin/sh
# Installs what the machine lacks when it may, else says exactly what is missing. $1: fonts | all
set -u
missing=""
need() { # package, test command
  sh -c "$2" >/dev/null 2>&1 || missing="$missing $1"
}
need fonts-noto-cjk 'fc-list 2>/dev/null | grep -qiE "Noto (Sans|Serif) CJK" || ls /usr/share/fonts/opentype/noto/*CJK* '
if [ "${1:-all}" = all ]; then
  need chromium 'command -v chromium'
  need postgresql 'ls /usr/lib/postgresql/*/bin/initdb'
  need poppler-utils 'command -v pdfsig'
  need libnss3-tools 'command -v certutil'
  need openssl 'command -v openssl'
fi
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing:$missing"
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null && exit 0
fi
echo "缺少系统组件 / missing packages:$missing"
echo "请执行 / please run: sudo apt-get install -y$missing"
exit 1
