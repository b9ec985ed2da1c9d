#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
set -e
{ date; php artisan migrate:rollback --step=1; php artisan optimize:clear; } \
  | tee -a /var/log/askproai/deployment.log
