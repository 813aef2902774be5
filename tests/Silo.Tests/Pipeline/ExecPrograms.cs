namespace Tributary.Silo.Tests.Pipeline;

/// <summary>Plugins as programs, for tests of what is around them.</summary>
internal static class ExecPrograms
{
    /// <summary>Its record is what it was told.</summary>
    public const string Echo = """
        import json, sys
        for line in sys.stdin:
            request = json.loads(line)
            print(json.dumps({"id": request["id"], "records": [{"key": "", "json": request["configuration"]}]}),
              flush=True)

        """;

    /// <summary>Does not answer while the content is <c>hang</c>; ends when the content is gone.</summary>
    public const string Hanging = """
        import json, sys, time
        for line in sys.stdin:
            request = json.loads(line)
            while open(request["content_path"]).read() == "hang":
                time.sleep(0.1)
            print(json.dumps({"id": request["id"], "records": [{"key": "", "json": {"ok": True}}]}), flush=True)

        """;

    /// <summary>
    /// Makes the folder of a plugin below <c>plugins</c>, with its configuration and its program, named as the folder.
    /// </summary>
    public static void Write(string main, string name, string configuration, string program)
    {
        var folder = Directory.CreateDirectory(Path.Combine(main, "plugins", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "config.yml"), configuration);
        File.WriteAllText(Path.Combine(folder, name + ".py"), program);
    }
}
