#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
set -e
mkdir -p /var/log/askproai
{ date; php artisan down; php artisan migrate --force; php artisan config:cache; php artisan up; } \
  | tee -a /var/log/askproai/deployment.log
