"""The sites of the sample province: a frame that all share, and one file for each platform's addresses and markup."""
