using System.Text.RegularExpressions;

namespace Tributary.Api.OpenApi;

/// <summary>
/// The texts of all operations. A route takes its text by the operation id. A route without a text and a text without
/// a route both stop the start, so that neither outlives the other.
/// </summary>
internal sealed partial class OperationTexts
{
    private const string Folder = "openapi/operations/";

    private readonly Dictionary<string, OperationText> byId = new(StringComparer.Ordinal);
    private readonly HashSet<string> unused;

    private OperationTexts(IEnumerable<OperationText> operations)
    {
        foreach (var operation in operations)
        {
            if (!byId.TryAdd(operation.Id, operation))
                throw new FormatException($"The operation {operation.Id} is described twice.");
        }

        unused = [.. byId.Keys];
    }

    /// <summary>Reads the files that the assembly carries.</summary>
    /// <param name="values">Stand in the texts as <c>{{name}}</c>.</param>
    public static OperationTexts Load(IReadOnlyDictionary<string, int> values) => Read(
        typeof(OperationTexts).Assembly.GetManifestResourceNames()
            .Where(static name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(static name => (Path.GetFileNameWithoutExtension(name), TextOf(name))),
        values);

    /// <exception cref="FormatException">A file breaks the form, or names a value that is not given.</exception>
    public static OperationTexts Read(
        IEnumerable<(string Tag, string Text)> files, IReadOnlyDictionary<string, int> values) =>
        new(files.SelectMany(file => OperationTextReader.Read(file.Tag, Filled(file.Tag, file.Text, values))));

    /// <summary>The text of a file that the assembly carries, without the line end at its end.</summary>
    public static string TextOf(string resource)
    {
        using var stream = typeof(OperationTexts).Assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n").TrimEnd('\n');
    }

    /// <exception cref="FormatException">No file describes the operation.</exception>
    public OperationText Of(string id)
    {
        unused.Remove(id);
        return byId.TryGetValue(id, out var operation)
            ? operation
            : throw new FormatException($"No text describes the operation {id}.");
    }

    /// <exception cref="FormatException">A text describes an operation that no route has.</exception>
    public void CheckAllUsed()
    {
        if (unused.Count > 0)
            throw new FormatException($"No route has the operation {string.Join(", ", unused)}.");
    }

    private static string Filled(string tag, string text, IReadOnlyDictionary<string, int> values) =>
        Placeholder.Replace(text, match => values.TryGetValue(match.Groups["name"].Value, out var value)
            ? value.ToString()
            : throw new FormatException($"{tag}.md: there is no value for {match.Value}."));

    [GeneratedRegex(@"\{\{(?<name>\w+)\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Placeholder { get; }
}
