"""What one tests programs with that speak to TopChef; needs `topchef-sdk[test]`.

    laws        what holds for every model and endpoint: `laws.run()`, or
                `pytest --pyargs topchef_sdk.testing`
    recording   transports that record what is exchanged, and that replay it
    fixtures    for pytest, found by it: `topchef_client`, `topchef_transport`, `topchef_server`
    hypothesis_plugin   lets `from_type` make valid models, found by Hypothesis

Strategies for all models and endpoints are in `topchef_sdk.api.strategies`.
"""
