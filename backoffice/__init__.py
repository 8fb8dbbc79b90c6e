"""An operator's own CRM, billing and provisioning, asked over HTTP."""
