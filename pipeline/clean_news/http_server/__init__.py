"""What the two servers share, that of the review and the API: listening, and what requests and answers need."""
