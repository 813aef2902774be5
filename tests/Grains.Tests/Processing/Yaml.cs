using Tributary.Connectors.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tributary.Grains.Tests.Processing;

/// <summary>Configuration as people write it, for readers of one section.</summary>
internal static class Yaml
{
    /// <summary>What <paramref name="read"/> makes of the section, and the errors that it reported.</summary>
    public static (T Value, IReadOnlyList<ConfigError> Errors) Read<T>(string yaml, Func<ConfigField, T> read)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var errors = new List<ConfigError>();
        var root = stream.Documents.Count == 0 ? null : Convert(stream.Documents[0].RootNode);
        return (read(new ConfigField(root, "test", "test.yml:1", errors)), errors);
    }

    public static T Good<T>(string yaml, Func<ConfigField, T> read)
    {
        var (value, errors) = Read(yaml, read);
        Assert.Empty(errors);
        return value;
    }

    private static ConfigNode Convert(YamlNode node)
    {
        var origin = $"test.yml:{node.Start.Line}";
        switch (node)
        {
            case YamlScalarNode scalar:
                var text = scalar.Value ?? "";
                return new ConfigScalar(
                    origin, text, text, scalar.Style is ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted);
            case YamlSequenceNode list:
                return new ConfigList(origin, [.. list.Children.Select(Convert)]);
            default:
                var map = new ConfigMap(origin);
                foreach (var (key, value) in ((YamlMappingNode)node).Children)
                    map.Set(((YamlScalarNode)key).Value!, Convert(value));
                return map;
        }
    }
}
