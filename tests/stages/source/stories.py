"""Stories written for these tests: an original, its spun copy, and another paper's report of the same event."""

ORIGINAL = """\
Harbour board closes the old pier

The harbour board of Port Aller said on Monday that it would close the old pier next month, because the company \
that owns it could not pay for repairs. About 40 people will lose their jobs, according to the town council.

“We don’t have the money, and nobody wants to help us,” said Anna Weiss, the head of the company. She added that \
the government had refused a loan of $3 million.

The council agreed last week to buy the land. Its leader, Tom Harker, said it was an important step for the town. \
“It’s the right time,” he said.

The pier was built in 1921 and was once the largest in the country. Many of its shops have been empty for years, \
and the police have warned children to stay away.
"""

SPUN = """\
Harbour board closes the outdated pier

The harbour board of Port Aller mentioned on Monday that it will shut the outdated pier subsequent month, as a \
result of the corporate that owns it couldn’t pay for repairs. About 40 folks will lose their jobs, in line with \
the city council.

“We don’t have the cash, and no one desires to assist us,” mentioned Anna Weiss, the top of the corporate. She \
added that the federal government had refused a mortgage of $3 million.

The council agreed final week to purchase the land. Its chief, Tom Harker, mentioned it was a vital step for the \
city. “It is the best time,” he mentioned.

The pier was built in 1921 and was as soon as the most important within the nation. A lot of its retailers have \
been empty for years, and the police have warned youngsters to remain away.
"""

OTHER_REPORT = """\
Pier in Port Aller to shut after 100 years

PORT ALLER — The 1921 pier in Port Aller will be closed in June, its owner announced on Monday. Anna Weiss, who \
runs the firm, blamed the government for turning down a loan of $4 million.

Forty workers were told on Sunday that they would be dismissed. “We don’t have the money, and nobody wants to help \
us,” Weiss told reporters outside the town hall.

Tom Harker, who leads the council, is expected to sign a contract for the land. Residents whom we asked were \
divided: some want a marina, others would rather see a park. The police said that children had been playing in \
empty shops.
"""

GENUINE = """\
Town library gets a new roof

Builders have begun to replace the roof of the town library in Port Aller, which leaked during the storms of last \
winter. The work will take until March, and the reading room will be closed on Saturdays, the librarian said.

The council paid for most of it. A private donor gave the rest, and asked that his name should not be published.

Readers may borrow up to ten books at a time while the room is closed. The library has 20,000 volumes, most of them \
about the sea, and a map of the coast that sailors drew four hundred years ago.
"""
