#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Lays out what the sample runbook deploys, with version 1.0.0 running: prepare-sample.sh DIR
# Run again, it puts everything back to that state.
set -eu

directory=${1:?usage: prepare-sample.sh DIR}
here=$(cd "$(dirname "$0")" && pwd)
port=${GREETING_PORT:-18080}
# Installed, it stands in libexec beside share/countersign/samples.
service=${COUNTERSIGN_DEMO_SERVICE:-$here/../../../libexec/countersign-demo-service}

if [ ! -x "$service" ]; then
  echo "prepare-sample: $service is not there; set COUNTERSIGN_DEMO_SERVICE to its path" >&2
  exit 1
fi
if [ -e "$directory" ] && [ ! -e "$directory/.countersign-sample" ]; then
  echo "prepare-sample: $directory is there already and is no sample; name another directory" >&2
  exit 1
fi

mkdir -p "$directory"
cd "$directory"
: >.countersign-sample
[ ! -x bin/demo-ctl ] || bin/demo-ctl stop >/dev/null
rm -rf bin releases shared run log backups incoming current current.next
mkdir -p bin releases/1.0.0 shared run log incoming

cp "$here/demo-ctl" bin/demo-ctl
chmod 755 bin/demo-ctl
ln -s "$(realpath "$service")" bin/countersign-demo-service

cat >shared/.env <<END
# Settings of the greeting service; every release links to this file
PORT=$port
GREETING=Hello
END

echo 1.0.0 >releases/1.0.0/VERSION
echo '{greeting}, world. This is greeting {version}.' >releases/1.0.0/greeting.txt
ln -s ../../shared/.env releases/1.0.0/.env
ln -s releases/1.0.0 current

# The new release arrives as an archive; the same bytes every time.
mkdir 1.1.0
echo 1.1.0 >1.1.0/VERSION
cp releases/1.0.0/greeting.txt 1.1.0/greeting.txt
echo '{greeting} and a very good day to you, dear world. This is greeting {version}.' \
  >1.1.0/greeting-formal.txt
ln -s ../../shared/.env 1.1.0/.env
tar --sort=name --mtime='2026-11-20 00:00Z' --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
  -cf incoming/greeting-1.1.0.tar 1.1.0
gzip -n incoming/greeting-1.1.0.tar
rm -r 1.1.0
(cd incoming && sha256sum greeting-1.1.0.tar.gz >greeting-1.1.0.tar.gz.sha256)

bin/demo-ctl start
