"""Weekdays on which the Korea Exchange stays closed; weekends are closed without being listed.

Written by tools/closed_days.py, not by hand. Only the offline answer: the broker's own calendar comes
first, and what an operator writes into the override file comes on top (temporary holidays are declared
at short notice).
"""

from datetime import date

FIRST_YEAR = 2025
LAST_YEAR = 2028
"""Outside of these years the list is silent, not reassuring."""

CLOSED_DAYS: frozenset[date] = frozenset(
    {
        date(2025, 1, 1),  # New Year's Day
        date(2025, 1, 27),  # Temporary Public Holiday
        date(2025, 1, 28),  # The day preceding Korean New Year
        date(2025, 1, 29),  # Korean New Year
        date(2025, 1, 30),  # The second day of Korean New Year
        date(2025, 3, 3),  # Alternative holiday for Independence Movement Day
        date(2025, 5, 1),  # Workers' Day
        date(2025, 5, 5),  # Buddha's Birthday, Children's Day
        date(2025, 5, 6),  # Alternative holiday for Buddha's Birthday, Alternative holiday for Children's Day
        date(2025, 6, 3),  # Presidential Election Day
        date(2025, 6, 6),  # Memorial Day
        date(2025, 8, 15),  # Liberation Day
        date(2025, 10, 3),  # National Foundation Day
        date(2025, 10, 6),  # Chuseok
        date(2025, 10, 7),  # The second day of Chuseok
        date(2025, 10, 8),  # Alternative holiday for Chuseok
        date(2025, 10, 9),  # Hangul Day
        date(2025, 12, 25),  # Christmas Day
        date(2025, 12, 31),  # End of Year Holiday
        date(2026, 1, 1),  # New Year's Day
        date(2026, 2, 16),  # The day preceding Korean New Year
        date(2026, 2, 17),  # Korean New Year
        date(2026, 2, 18),  # The second day of Korean New Year
        date(2026, 3, 2),  # Alternative holiday for Independence Movement Day
        date(2026, 5, 1),  # Labor Day
        date(2026, 5, 5),  # Children's Day
        date(2026, 5, 25),  # Alternative holiday for Buddha's Birthday
        date(2026, 6, 3),  # Local Election Day
        date(2026, 7, 17),  # Constitution Day
        date(2026, 8, 17),  # Alternative holiday for Liberation Day
        date(2026, 9, 24),  # The day preceding Chuseok
        date(2026, 9, 25),  # Chuseok
        date(2026, 10, 5),  # Alternative holiday for National Foundation Day
        date(2026, 10, 9),  # Hangul Day
        date(2026, 12, 25),  # Christmas Day
        date(2026, 12, 31),  # End of Year Holiday
        date(2027, 1, 1),  # New Year's Day
        date(2027, 2, 8),  # The second day of Korean New Year
        date(2027, 2, 9),  # Alternative holiday for Korean New Year
        date(2027, 3, 1),  # Independence Movement Day
        date(2027, 5, 3),  # Alternative holiday for Labor Day
        date(2027, 5, 5),  # Children's Day
        date(2027, 5, 13),  # Buddha's Birthday
        date(2027, 7, 19),  # Alternative holiday for Constitution Day
        date(2027, 8, 16),  # Alternative holiday for Liberation Day
        date(2027, 9, 14),  # The day preceding Chuseok
        date(2027, 9, 15),  # Chuseok
        date(2027, 9, 16),  # The second day of Chuseok
        date(2027, 10, 4),  # Alternative holiday for National Foundation Day
        date(2027, 10, 11),  # Alternative holiday for Hangul Day
        date(2027, 12, 27),  # Alternative holiday for Christmas Day
        date(2027, 12, 31),  # End of Year Holiday
        date(2028, 1, 26),  # The day preceding Korean New Year
        date(2028, 1, 27),  # Korean New Year
        date(2028, 1, 28),  # The second day of Korean New Year
        date(2028, 3, 1),  # Independence Movement Day
        date(2028, 4, 12),  # National Assembly Election Day
        date(2028, 5, 1),  # Labor Day
        date(2028, 5, 2),  # Buddha's Birthday
        date(2028, 5, 5),  # Children's Day
        date(2028, 6, 6),  # Memorial Day
        date(2028, 7, 17),  # Constitution Day
        date(2028, 8, 15),  # Liberation Day
        date(2028, 10, 2),  # The day preceding Chuseok
        date(2028, 10, 3),  # Chuseok, National Foundation Day
        date(2028, 10, 4),  # The second day of Chuseok
        date(2028, 10, 5),  # Alternative holiday for Chuseok
        date(2028, 10, 9),  # Hangul Day
        date(2028, 12, 25),  # Christmas Day
        date(2028, 12, 29),  # End of Year Holiday
    }
)
