-- The same trusts may be read as before. But the list was taken apart again for every
-- row, which for many trusts was most of what a question cost; now it is searched.
-- A trust's code is letters and digits, so that between two commas it is the whole.
ALTER POLICY listed_trusts ON summaries USING (strpos(',' || current_setting('octant.trusts', true) || ',', ',' || ods || ',') > 0);
ALTER POLICY listed_trusts ON moments USING (strpos(',' || current_setting('octant.trusts', true) || ',', ',' || ods || ',') > 0);
