using System.Text.RegularExpressions;
using Tributary.Connectors.Configuration;

namespace Tributary.Silo.Configuration;

/// <summary>
/// Replaces <c>${NAME}</c> by the environment variable of that name; <c>$${</c> stands for <c>${</c>.
/// </summary>
internal static partial class Variables
{
    /// <summary>An unset variable is an error: nobody means to configure an empty password that way.</summary>
    public static string Replace(
        string text, string origin, Func<string, string?> variables, List<ConfigError> errors) =>
        !text.Contains("${", StringComparison.Ordinal) ? text : Pattern.Replace(text, match =>
        {
            if (match.ValueSpan.StartsWith("$$"))
                return "${";
            if (match.Groups["name"] is not { Success: true, Value: var name })
            {
                errors.Add(new ConfigError(origin, "a variable", "${ without a name and a }",
                    "${NAME}, or $${ for the characters ${"));
                return "";
            }

            if (variables(name) is { } value)
                return value;
            errors.Add(new ConfigError(origin, "${" + name + "}", "no such environment variable", "one that is set"));
            return "";
        });

    [GeneratedRegex(
        @"\$\$\{|\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)\}|\$\{", RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern { get; }
}
