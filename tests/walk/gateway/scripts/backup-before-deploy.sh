#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
set -e
to=/var/backups/askproai/pre-deploy
mkdir -p "$to"
mysqldump askproai > "$to/backup.sql"
cp "$to/backup.sql" /var/backups/askproai/backup.sql
git rev-parse HEAD > "$to/commit"
