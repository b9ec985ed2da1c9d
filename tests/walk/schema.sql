-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the runbooks count: 70 customers of 10 companies, and more than fifty tables.

DROP DATABASE IF EXISTS askproai_db;
DROP DATABASE IF EXISTS askproai_db_rollback;
DROP DATABASE IF EXISTS askproai_db_corrupted;
DROP DATABASE IF EXISTS askproai;
DROP DATABASE IF EXISTS laravel;
CREATE DATABASE askproai_db CHARACTER SET utf8mb4;
CREATE DATABASE askproai_db_corrupted CHARACTER SET utf8mb4;
CREATE DATABASE askproai CHARACTER SET utf8mb4;
CREATE DATABASE laravel CHARACTER SET utf8mb4;
CREATE OR REPLACE USER askproai_user@'127.0.0.1' IDENTIFIED BY 'askproai_sample_pass_2024';
CREATE OR REPLACE USER askproai_user@localhost IDENTIFIED BY 'askproai_sample_pass_2024';
GRANT ALL ON `askproai%`.* TO askproai_user@'127.0.0.1';
GRANT ALL ON `askproai%`.* TO askproai_user@localhost;

USE askproai;
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(80));
INSERT INTO customers VALUES (1, 'Ada'), (2, 'Ben');
USE laravel;
CREATE TABLE customers (id INT PRIMARY KEY, name VARCHAR(80));
INSERT INTO customers VALUES (1, 'Ada'), (2, 'Ben');

USE askproai_db;
CREATE TABLE migrations (id INT AUTO_INCREMENT PRIMARY KEY, migration VARCHAR(120));
INSERT INTO migrations (migration) VALUES ('2025_01_01_000000_add_notes');
CREATE TABLE notes (id INT PRIMARY KEY, words TEXT);
CREATE TABLE companies (id INT PRIMARY KEY, name VARCHAR(80));
INSERT INTO companies VALUES (10, 'Salon Ahorn'), (15, 'Salon Birke'), (20, 'Salon Buche'),
  (25, 'Salon Eibe'), (30, 'Salon Eiche'), (35, 'Salon Erle'), (40, 'Salon Esche'),
  (42, 'Salon Fichte'), (50, 'Salon Linde'), (103, 'Salon Ulme');
CREATE TABLE calls (id INT PRIMARY KEY, company_id INT, said TEXT);
INSERT INTO calls VALUES (1, 15, 'a cut on Thursday');
CREATE TABLE branches (id INT PRIMARY KEY, company_id INT, name VARCHAR(80));
INSERT INTO branches VALUES (1, 15, 'Main street');
CREATE TABLE customers (
  id INT AUTO_INCREMENT PRIMARY KEY, company_id INT NOT NULL, name VARCHAR(80),
  phone VARCHAR(40), email VARCHAR(80), created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  INDEX idx_customers_company_phone (company_id, phone));
INSERT INTO customers (company_id, name, phone, email)
  SELECT id, CONCAT('Customer ', seq), CONCAT('+4930123', LPAD(id * 10 + seq, 5, '0')),
    CONCAT('c', id, '-', seq, '@example.org') FROM companies, seq_1_to_7;
UPDATE customers SET name = 'Hansi Sputer', phone = '+493012345678'
  WHERE company_id = 15 ORDER BY id LIMIT 1;
CREATE TABLE part_01 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_02 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_03 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_04 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_05 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_06 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_07 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_08 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_09 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_10 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_11 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_12 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_13 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_14 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_15 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_16 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_17 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_18 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_19 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_20 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_21 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_22 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_23 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_24 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_25 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_26 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_27 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_28 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_29 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_30 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_31 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_32 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_33 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_34 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_35 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_36 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_37 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_38 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_39 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_40 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_41 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_42 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_43 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_44 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_45 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_46 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_47 (id INT PRIMARY KEY, words TEXT);
CREATE TABLE part_48 (id INT PRIMARY KEY, words TEXT);
-- Enough words that a dump is as large as the runbooks expect one to be.
INSERT INTO part_01 SELECT seq, REPEAT(MD5(seq), 32) FROM seq_1_to_2000;
