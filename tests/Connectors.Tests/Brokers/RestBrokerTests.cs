namespace Tributary.Connectors.Tests.Brokers;

public sealed class RestBrokerTests
{
    [Fact]
    public async Task It_has_nothing_to_run_and_ends_when_told()
    {
        await using var broker = new RunningBroker(
            new Connectors.Brokers.RestBrokerFactory(), "{type: rest}", new Receiver().ReceiveAsync);

        await broker.StopAsync();

        Assert.Equal("rest", broker.Broker.Name);
        Assert.True(broker.Broker.Status.IsConnected);
    }

    [Fact]
    public void A_key_that_it_does_not_have_is_an_error() =>
        Assert.Equal(
            "sqapi.yml:1: broker.port: found an unknown key; allowed: type, name, message, message_fields.",
            Assert.Single(BrokerConfig.ErrorsOf(new Connectors.Brokers.RestBrokerFactory(), "{type: rest, port: 1}")));
}
