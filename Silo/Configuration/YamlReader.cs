using System.Globalization;
using Tributary.Connectors.Configuration;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tributary.Silo.Configuration;

/// <summary>Reads YAML into nodes that know their lines, with variables replaced.</summary>
internal sealed class YamlReader(string name, Func<string, string?> variables, List<ConfigError> errors)
{
    /// <summary>The largest file.</summary>
    public const int MaxFileBytes = 1 << 20;

    /// <summary>
    /// Values of one file; an alias counts each time it is used, so that a small file cannot unfold to a large one.
    /// </summary>
    private const int MaxNodesCount = 100_000;

    private const int MaxDepth = 32;

    private int nodesCount;

    /// <summary>Null when it cannot be read; then there is an error.</summary>
    public static ConfigNode? ReadFile(string path, Func<string, string?> variables, List<ConfigError> errors)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > MaxFileBytes)
            {
                errors.Add(new ConfigError(path, "the file", $"{file.Length} bytes", $"at most {MaxFileBytes} bytes"));
                return null;
            }

            return new YamlReader(path, variables, errors).Read(File.ReadAllText(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(
                new ConfigError(
                    path,
                    "the file",
                    error is FileNotFoundException or DirectoryNotFoundException ? "nothing" : error.Message,
                    "a file that can be read"));
            return null;
        }
    }

    /// <summary>Null when it cannot be read; then there is an error. An empty document is an empty map.</summary>
    public ConfigNode? Read(string text)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            switch (yaml.Documents.Count)
            {
                case 0:
                    return new ConfigMap(At(1));
                case 1:
                    return Convert(yaml.Documents[0].RootNode, 0);
                default:
                    errors.Add(
                        new ConfigError(
                            At(yaml.Documents[1].RootNode.Start.Line), "the file",
                            $"{yaml.Documents.Count} YAML documents", "one"));
                    return null;
            }
        }
        catch (YamlException error)
        {
            errors.Add(
                LineIndentedByTab(text) is { } line && error.Message.Contains("tab", StringComparison.Ordinal)
                    ? new ConfigError(At(line), "the file", "a tab in the indentation", "spaces")
                    : new ConfigError(
                        At(error.Start.Line), "the file", $"what is not YAML ({error.Message.TrimEnd('.')})",
                        "YAML 1.2"));
            return null;
        }
    }

    private ConfigNode? Convert(YamlNode node, int depth)
    {
        var origin = At(node.Start.Line);
        if (++nodesCount > MaxNodesCount || depth > MaxDepth)
        {
            if (nodesCount <= MaxNodesCount + 1)
                errors.Add(
                    new ConfigError(
                        origin, "the file", "too many values or levels",
                        $"at most {MaxNodesCount} values in {MaxDepth} levels"));
            nodesCount = MaxNodesCount + 1;
            return null;
        }

        switch (node)
        {
            case YamlScalarNode scalar:
                var written = scalar.Value ?? "";
                return new ConfigScalar(
                    origin, Variables.Replace(written, origin, variables, errors), written,
                    scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any));
            case YamlSequenceNode list:
                return new ConfigList(
                    origin, [.. list.Children.Select(child => Convert(child, depth + 1)).OfType<ConfigNode>()]);
            default:
                var map = new ConfigMap(origin);
                foreach (var (key, value) in ((YamlMappingNode)node).Children)
                {
                    if (key is not YamlScalarNode { Value: { } text })
                        errors.Add(new ConfigError(At(key.Start.Line), "a key", "a list or a map", "a text"));
                    else if (Convert(value, depth + 1) is { } converted)
                    {
                        map.Fields[text] = converted;
                        map.Keys[text] = At(key.Start.Line);
                    }
                }

                return map;
        }
    }

    // The parser reports the beginning of the block in which it met the tab, which may be far above.
    private static long? LineIndentedByTab(string text)
    {
        var number = 0L;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line[..(line.Length - line.TrimStart(" \t").Length)].Contains('\t') && !line.IsWhiteSpace())
                return number;
        }

        return null;
    }

    private string At(long line) => string.Create(CultureInfo.InvariantCulture, $"{name}:{line}");
}
