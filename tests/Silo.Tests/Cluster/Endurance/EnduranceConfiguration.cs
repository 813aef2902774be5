using Tributary.Grains.Tests.Plugins;

namespace Tributary.Silo.Tests.Cluster.Endurance;

/// <summary>The configuration of all nodes of an endurance run, in one file that is changed while they run.</summary>
internal sealed class EnduranceConfiguration(string folder)
{
    private const string Common = """
        broker: {type: rest}
        message: {fields: {uuid: {key: item}, data_location: {key: file}}}
        data_store: {type: disk, root: content}
        active_plugins: [exif]
        retry:
          - {step: query, then: retry, first: 1s, factor: 2, ceiling: 5s}
        """;

    private const string Before = """
        aggregates:
          - {name: by-producer, group: [{name: producer, pointer: /p}], measures: [{name: count, kind: count}]}
          - {name: by-group, group: [{name: group, pointer: /group}],
            measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /n}]}
        """;

    // One definition is another, and one is new.
    private const string After = """
        aggregates:
          - {name: by-producer, group: [{name: producer, pointer: /p}], measures: [{name: count, kind: count}]}
          - {name: by-group, group: [{name: kind, pointer: /kind}],
            measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /n}]}
          - {name: by-both, group: [{name: group, pointer: /group}, {name: kind, pointer: /kind}],
            measures: [{name: count, kind: count}, {name: sum, kind: sum, pointer: /n}]}
        """;

    /// <summary>Content that is there from the beginning, and content that comes at the end.</summary>
    public const string Content = "present.jpg";
    public const string LateContent = "late.jpg";

    /// <summary>The group of <c>exif-cameras</c> that pictures of the run count in.</summary>
    public const string Camera = "Maker Model";

    private const ushort MakeTag = 0x010f;
    private const ushort ModelTag = 0x0110;

    public string File => Path.Combine(folder, "tributary.yaml");

    public async Task BeginAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.Combine(folder, "content"));
        await WriteContentAsync(Content, cancellation);
        await System.IO.File.WriteAllTextAsync(File, $"{Common}\n{Before}\n", cancellation);
    }

    /// <summary>Nodes that start from now on have other definitions of aggregates.</summary>
    public Task ChangeAsync(CancellationToken cancellation) =>
        System.IO.File.WriteAllTextAsync(File, $"{Common}\n{After}\n", cancellation);

    /// <summary>What messages waited for comes.</summary>
    public Task WriteLateContentAsync(CancellationToken cancellation) => WriteContentAsync(LateContent, cancellation);

    private Task WriteContentAsync(string name, CancellationToken cancellation) =>
        System.IO.File.WriteAllBytesAsync(
            Path.Combine(folder, "content", name),
            ExifBytes.Jpeg(
                8, 8, [ExifBytes.Text(MakeTag, "Maker"), ExifBytes.Text(ModelTag, "Model")], exif: [], gps: []),
            cancellation);
}
