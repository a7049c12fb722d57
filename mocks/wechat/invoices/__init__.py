"""The official account's e-invoices (电子发票): orders that users authorise, invoices in their wallets, reimbursement, titles."""
