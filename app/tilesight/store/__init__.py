"""What is kept, free of Qt: records, labels, the audit log, models and images."""
