"""Model 21: a score for a sales lead. Deterministic, and no better than it looks."""

WEIGHTS = {
    "company_size": (0.01, 15),
    "engagement_score": (0.25, 25),
    "website_visits": (1, 15),
    "email_opens": (1, 10),
    "content_downloads": (2, 10),
}
"""Points per unit, and the most that one input can give."""

FLAGS = {"demo_requested": 15, "budget_confirmed": 15}


def predict(inputs: dict) -> dict:
    """All inputs are optional; one that is not a number gives no points."""
    points, factors = 10.0, []
    for name, (weight, most) in WEIGHTS.items():
        value = inputs.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            points += min(value * weight, most)
            factors.append(name)
    for name, flag_points in FLAGS.items():
        if inputs.get(name) is True:
            points += flag_points
            factors.append(name)
    score = max(0, min(100, round(points)))
    return {
        "lead_score": score,
        "conversion_probability": round(score / 100, 2),
        "recommendation": "Hot" if score >= 70 else "Warm" if score >= 40 else "Cold",
        "factors": factors,
        "confidence": 0.85,
    }
