using Tributary.Connectors.Configuration;
using YamlDotNet.RepresentationModel;

namespace Tributary.Connectors.Tests.Brokers;

/// <summary>A broker's part of a configuration, as it stands in a file.</summary>
internal static class BrokerConfig
{
    private const string File = "sqapi.yml";

    /// <summary>What is below <c>broker</c>; errors go to the list.</summary>
    public static ConfigField Read(string yaml, List<ConfigError> errors)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return new ConfigField(ToNode(stream.Documents[0].RootNode), "broker", File, errors);
    }

    /// <summary>The errors of a configuration that must not yield a broker.</summary>
    public static IReadOnlyList<string> ErrorsOf(IBrokerFactory factory, string yaml, string baseFolder = "/")
    {
        var errors = new List<ConfigError>();
        Assert.Null(factory.Create(Read(yaml, errors), Services([], baseFolder)));
        return [.. errors.Select(error => error.ToString())];
    }

    public static ConnectorServices Services(List<string> warnings, string baseFolder = "/") => new(
        TimeProvider.System,
        text =>
        {
            lock (warnings)
                warnings.Add(text);
        },
        baseFolder);

    private static ConfigNode ToNode(YamlNode node)
    {
        var origin = $"{File}:{node.Start.Line}";
        switch (node)
        {
            case YamlScalarNode scalar:
                return new ConfigScalar(
                    origin, scalar.Value!, scalar.Value!,
                    scalar.Style is YamlDotNet.Core.ScalarStyle.SingleQuoted
                        or YamlDotNet.Core.ScalarStyle.DoubleQuoted);
            case YamlSequenceNode list:
                return new ConfigList(origin, [.. list.Select(ToNode)]);
            default:
                var map = new ConfigMap(origin);
                foreach (var (key, value) in ((YamlMappingNode)node).Children)
                    map.Set(((YamlScalarNode)key).Value!, ToNode(value));
                return map;
        }
    }
}
