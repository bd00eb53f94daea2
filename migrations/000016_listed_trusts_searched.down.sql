ALTER POLICY listed_trusts ON moments USING (ods = ANY (string_to_array(current_setting('octant.trusts', true), ',')));
ALTER POLICY listed_trusts ON summaries USING (ods = ANY (string_to_array(current_setting('octant.trusts', true), ',')));
