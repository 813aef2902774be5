using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Tributary.Silo.Configuration;

/// <summary>Reads a YAML file into nodes, with <c>${NAME}</c> and <c>${NAME:-default}</c> replaced by environment variables.</summary>
internal sealed class YamlFile(string path, Func<string, string?> environment, List<ConfigError> errors)
{
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 64;

    /// <summary>The file's mapping; empty for an empty file.</summary>
    public ConfigMap Read()
    {
        var origin = Path.GetFileName(path);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                errors.Add(new ConfigError(origin, "(file)", "more than 1 MiB", "at most 1 MiB"));
                return new ConfigMap(origin);
            }

            using var text = new StreamReader(path, Encoding.UTF8);
            var yaml = new YamlStream();
            yaml.Load(text);
            if (yaml.Documents.Count == 0)
                return new ConfigMap(origin);
            if (Convert(yaml.Documents[0].RootNode, "", 0) is ConfigMap map)
                return map;
            errors.Add(new ConfigError(OriginOf(yaml.Documents[0].RootNode.Start), "(file)", "no mapping", "keys and values"));
        }
        catch (YamlException error)
        {
            errors.Add(new ConfigError(OriginOf(error.Start), "(file)", $"no YAML ({error.Message})", "YAML"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.Add(new ConfigError(path, "(file)", $"a file that cannot be read ({error.Message})", "a readable file"));
        }

        return new ConfigMap(origin);
    }

    private ConfigNode Convert(YamlNode node, string key, int depth)
    {
        var origin = OriginOf(node.Start);
        if (depth > MaxDepth)
        {
            errors.Add(new ConfigError(origin, key, "deeper nesting", $"at most {MaxDepth} levels"));
            return new ConfigText("", true, origin);
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                var map = new ConfigMap(origin);
                foreach (var (name, value) in mapping.Children)
                {
                    var text = (name as YamlScalarNode)?.Value ?? "";
                    map.Fields[text] = Convert(value, key.Length == 0 ? text : $"{key}.{text}", depth + 1);
                }

                return map;
            case YamlSequenceNode sequence:
                return new ConfigList([.. sequence.Children.Select((item, index) => Convert(item, $"{key}[{index}]", depth + 1))], origin);
            default:
                var scalar = (YamlScalarNode)node;
                return new ConfigText(Substitute(scalar.Value ?? "", key, origin), scalar.Style == ScalarStyle.Plain, origin);
        }
    }

    private string Substitute(string text, string key, string origin)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var start = text.IndexOf("${", at, StringComparison.Ordinal);
            var end = start < 0 ? -1 : text.IndexOf('}', start);
            if (end < 0)
                return result.Append(text, at, text.Length - at).ToString();
            // A doubled dollar stands for itself.
            if (start > at && text[start - 1] == '$')
            {
                result.Append(text, at, start - at).Append(text, start + 1, end - start);
                at = end + 1;
                continue;
            }

            var name = text[(start + 2)..end];
            var fallback = name.IndexOf(":-", StringComparison.Ordinal) is >= 0 and var split ? name[(split + 2)..] : null;
            var value = environment(fallback is null ? name : name[..^(fallback.Length + 2)]) ?? fallback;
            if (value is null)
                errors.Add(new ConfigError(origin, key, $"${{{name}}}, an environment variable that is not set", "one that is set, or ${NAME:-default}"));
            result.Append(text, at, start - at).Append(value);
            at = end + 1;
        }

        return result.ToString();
    }

    private string OriginOf(Mark mark) => $"{Path.GetFileName(path)}:{mark.Line}";
}
