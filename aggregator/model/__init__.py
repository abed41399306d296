"""The words of the field, as frozen data: what is read, kept, merged and recorded."""
