using System.Text;
using Tributary.Connectors.Configuration;

namespace Tributary.Connectors;

/// <summary>Readers of values that several connectors share. Each reports an error and then returns null.</summary>
internal static class ConfigValues
{
    private const string UrlAllowed = "an http:// or https:// URL without user, query and fragment";

    public static string? Required(this ConfigField field, string allowed, bool isSecret = false)
    {
        if (field.IsSet)
            return field.Text(allowed, isSecret);
        field.Fail("nothing", allowed);
        return null;
    }

    /// <summary>One value under either of two names; setting both is an error.</summary>
    public static ConfigField Either(this ConfigSection section, string name, string other)
    {
        if (section[name].IsSet && section[other].IsSet)
            section[other].Fail($"both {name} and {other}", "one of them");
        return section[other].IsSet && !section[name].IsSet ? section[other] : section[name];
    }

    /// <summary>Null when there was an error, or when nothing is configured.</summary>
    public static Uri? Url(this ConfigField field)
    {
        if (field.Text(UrlAllowed, isSecret: true) is not { } text)
            return null;

        // A URL may carry a password or a signature, so the error does not show it.
        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            && url.UserInfo.Length == 0
            && url.Query.Length == 0
            && url.Fragment.Length == 0)
        {
            return url;
        }

        field.Fail(UrlAllowed, isSecret: true);
        return null;
    }

    public static TimeSpan Seconds(this ConfigField field, long min, long max, long otherwise) =>
        TimeSpan.FromSeconds(field.Whole(min, max, "seconds") ?? otherwise);

    /// <summary>
    /// Names of containers or buckets, as texts or as maps with a name; empty when none is configured.
    /// </summary>
    public static IReadOnlyList<string> Names(this ConfigField field, int maxCount, string what)
    {
        var names = new List<string>();
        foreach (var item in field.List(maxCount, $"names of {what}s"))
        {
            var name = item.Node is ConfigMap ? item.Section("name")["name"] : item;
            if (name.Required($"the name of a {what}: 1 to 256 bytes of UTF-8 without slashes") is not { } text)
                continue;
            if (Encoding.UTF8.GetByteCount(text) <= 256 && !text.Contains('/') && text is not ("." or ".."))
                names.Add(text);
            else
                name.Fail($"the name of a {what}: 1 to 256 bytes of UTF-8 without slashes");
        }

        return names;
    }
}
