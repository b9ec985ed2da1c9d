#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
for part in "" /database /redis /queue; do
  curl -fsS "https://api.askproai.de/api/health$part" || exit 1
done
