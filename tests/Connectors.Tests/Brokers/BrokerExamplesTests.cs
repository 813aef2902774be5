using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Tributary.Connectors.Brokers;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>What the documentation shows is what the program takes.</summary>
public sealed partial class BrokerExamplesTests
{
    private static readonly IBrokerFactory[] Factories =
    [
        new RabbitMqBrokerFactory(),
        new ZeroMqBrokerFactory(),
        new RestBrokerFactory(),
    ];

    public static TheoryData<string> Examples { get; } =
    [
        .. Example()
            .Matches(File.ReadAllText(Path.Combine(Path.GetDirectoryName(Here())!, "../../../docs/connectors.md")))
            .Select(match => match.Groups["yaml"].Value),
    ];

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_of_the_documentation_is_a_configuration(string yaml)
    {
        var errors = new List<ConfigError>();
        var broker = BrokerConfig.Read(yaml, errors).Section("broker")["broker"];
        var type = broker.Node is ConfigMap map ? ((ConfigScalar)map.Fields["type"]).Text : null;

        Assert.NotNull(Factories.Single(factory => factory.Type == type).Create(broker, BrokerConfig.Services([])));
        Assert.Empty(errors);
    }

    [GeneratedRegex(
        "```yaml\n(?<yaml>broker:.*?)```",
        RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 60_000)]
    private static partial Regex Example();

    private static string Here([CallerFilePath] string path = "") => path;
}
