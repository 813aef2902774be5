using System.Collections;
using Tributary.Silo.Configuration;

namespace Tributary.Api.Tests.Processing;

/// <summary>
/// Where the content of a server's messages lies, and the configuration that leads there. The plugin <c>judge</c>
/// counts texts by their first word, fails on those that begin with <c>bad</c> until it is told to pardon, and holds
/// those that begin with <c>slow</c> until it is told to go.
/// </summary>
internal sealed class ContentFolder : IDisposable
{
    private const string Judge =
        """
        import json, os, sys, time
        for line in sys.stdin:
            request = json.loads(line)
            root = request["configuration"]["root"]
            with open(request["content_path"]) as content:
                text = content.read()
            kind = text.split()[0]
            answer = {"records": [{"json": {"kind": kind, "chars": len(text)}}],
              "contributions": [{"aggregate": "verdicts", "json": {"kind": kind}}]}
            while kind == "slow" and not os.path.exists(os.path.join(root, "go")):
                open(os.path.join(root, "held"), "w").close()
                time.sleep(0.01)
            if kind == "bad" and not os.path.exists(os.path.join(root, "pardon")):
                answer = {"error": {"message": "The text is bad.", "retry": False}}
            answer["id"] = request["id"]
            print(json.dumps(answer), flush=True)
        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("tributary-content-");

    public ContentFolder()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "content"));
        var judge = Directory.CreateDirectory(Path.Combine(folder.FullName, "plugins", "judge")).FullName;
        File.WriteAllText(Path.Combine(judge, "judge.py"), Judge);
        File.WriteAllText(Path.Combine(judge, "config.yml"), $$"""
            exec:
              name: judge
              version: "1"
              command: python3
              arguments: [judge.py]
              media_types: ["*/*"]
              workers: 1
              aggregates:
                - {name: verdicts, group: [{name: kind, pointer: /kind}], measures: [{name: n, kind: count}]}
            plugin: {root: '{{folder.FullName}}'}
            """);
    }

    /// <summary>
    /// What a server needs to be told to process messages. What is not there is tried again in an hour, or when it is
    /// asked for.
    /// </summary>
    public SiloConfig Configure(SiloConfig config)
    {
        var file = Path.Combine(folder.FullName, "tributary.yaml");
        File.WriteAllText(file, $$"""
            broker: {type: rest}
            message:
              fields:
                uuid: {key: id, required: true}
                data_location: {key: file}
            data_store: {type: disk, root: '{{folder.FullName}}/content'}
            plugins: '{{folder.FullName}}/plugins'
            active_plugins: [judge, sizes]
            retry:
              - {step: query, then: retry, first: 1h, factor: 1, ceiling: 1h}
            """);
        var pipeline = ConfigLoader.Load(file, new Hashtable(), []).Pipeline;
        return config with
        {
            Pipeline = pipeline with { ScratchDirectory = Path.Combine(folder.FullName, "scratch") },
        };
    }

    public void Write(string name, string text) =>
        File.WriteAllText(Path.Combine(folder.FullName, "content", name), text);

    /// <summary>From now on the plugin fails no more.</summary>
    public void Pardon() => File.WriteAllText(Path.Combine(folder.FullName, "pardon"), "");

    /// <summary>From now on the plugin holds nothing.</summary>
    public void Go() => File.WriteAllText(Path.Combine(folder.FullName, "go"), "");

    /// <summary>Waits until the plugin holds a text.</summary>
    public Task HeldAsync() =>
        Until.TrueAsync(
            () => Task.FromResult(File.Exists(Path.Combine(folder.FullName, "held"))), "The plugin holds nothing.");

    public void Dispose() => folder.Delete(recursive: true);
}
