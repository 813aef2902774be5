using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Tributary.Pipeline.Plugins;
using Tributary.Plugins.Folders;

namespace Tributary.Grains.Tests.Plugins;

public sealed class PluginFoldersTests : IDisposable
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    private readonly PluginFiles files = new();
    private readonly PluginBench bench = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task The_sample_in_csharp_is_loaded_from_its_output_folder_and_runs()
    {
        files.Copy(PluginFiles.CsharpSample, "archive");
        Assert.False(File.Exists(Path.Combine(PluginFiles.CsharpSample, "Tributary.Abstractions.dll")));
        Assert.False(File.Exists(Path.Combine(PluginFiles.CsharpSample, "Tributary.Plugins.Abstractions.dll")));

        var found = files.Load();
        Assert.Empty(found.Faults);
        await using var host = await bench.StartAsync([.. found.Sources]);
        host.Bind(PluginBench.Register(host.Proposals));
        var run = await host
            .Active.Plugins[0]
            .RunAsync(
                PluginBench.Context(Zip(("a.txt", "aaaa"), ("docs/b.TXT", "bb"), ("c", "c")), "application/zip"),
                Cancellation);
        var broken = await host
            .Active.Plugins[0]
            .RunAsync(PluginBench.Context("no archive", "application/zip"), Cancellation);

        Assert.Null(run.Error);
        var record = JsonElement.Parse(Assert.Single(run.Result.Records).Json.Span);
        Assert.Equal((3, 7), (record.GetProperty("entries").GetInt32(), record.GetProperty("bytes").GetInt32()));
        Assert.Equal(
            ["a.txt", "docs/b.TXT", "c"],
            record.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["2/0/[\"txt\"]", "2/0/[\"none\"]"], run.Contributions.Select(one => one.Aggregate.Key));
        Assert.StartsWith("plugin_failed: The archive cannot be read", broken.Error);
        Assert.False(broken.MayHelpToRetry);
        Assert.Contains("plugin archive: lists at most 500 entries of an archive", bench.Log);
        Assert.Equal(TimeSpan.FromSeconds(20), found.Sources[0].TimeLimit);
    }

    [Fact]
    public void A_library_lives_in_a_context_of_its_own_and_shares_the_contracts()
    {
        files.Copy(PluginFiles.CsharpSample, "one");
        files.Copy(PluginFiles.CsharpSample, "two");

        var plugins = files.Load().Sources.Select(source => source.Plugin).ToList();

        Assert.Equal(2, plugins.Count);
        Assert.NotEqual(plugins[0].GetType(), plugins[1].GetType());
        Assert.Equal(["one", "two"], files.Load().Sources.Select(source => Path.GetFileName(source.Folder)));
    }

    [Fact]
    public void A_script_of_the_greatest_size_that_is_allowed_is_read()
    {
        files.Copy(PluginFiles.CsharpSample, "scripted");
        files.Add("scripted", "config.yml", "database:\n  init: init.sql\n");
        files.Add("scripted", "init.sql", new string(' ', 1 << 20));
        Assert.Equal(1 << 20, Assert.Single(files.Load().Sources).InitScript?.Length);

        files.Add("scripted", "init.sql", new string(' ', (1 << 20) + 1));
        var fault = Assert.Single(files.Load().Faults);
        Assert.StartsWith("configuration_invalid: database.init", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broken_folders_are_reported_and_the_others_run()
    {
        files.Copy(PluginFiles.CsharpSample, "good");
        files.Add("empty", "readme.txt", "nothing here");
        files.Add("rubbish", "Rubbish.dll", "no library at all");
        files.Copy(PluginFiles.CsharpSample, "cut");
        var cut = Path.Combine(files.Root, "cut", "Tributary.Samples.PluginCsharp.dll");
        File.WriteAllBytes(cut, File.ReadAllBytes(cut)[..2_000]);
        files.Add("several", "A.dll", "");
        files.Add("several", "B.dll", "");
        Directory.CreateDirectory(Path.Combine(files.Root, "stranger"));
        File.Copy(
            typeof(YamlDotNet.Core.Parser).Assembly.Location, Path.Combine(files.Root, "stranger", "YamlDotNet.dll"));
        files.Add("both", "plugin.json", """{"exec": {"command": "x"}, "library": "X.dll"}""");
        files.Add("nothing", "plugin.json", """{"library": "Missing.dll"}""");
        files.Add("json", "plugin.json", "{");
        files.Add("limit", "plugin.json", """{"time_limit_seconds": "long"}""");
        files.Add("script", "plugin.json", """{"database": {"init": "missing.sql"}}""");

        var found = files.Load();
        await using var host = await bench.StartAsync(
            new Tributary.Pipeline.Plugins.PluginHostSetup { Found = found.Sources, Faults = found.Faults });
        host.Bind(PluginBench.Register(host.Proposals));

        Assert.Equal("archive", Assert.Single(host.Active.Plugins).Name);
        var reasons = found.Faults.ToDictionary(fault => fault.Name, fault => fault.Reason);
        Assert.Equal(10, reasons.Count);
        Assert.Equal(
            "plugin_unloadable: There is neither a class library in the folder nor a section exec in its "
            + "configuration.", reasons["empty"]);
        Assert.StartsWith("plugin_unloadable: Rubbish.dll: BadImageFormatException", reasons["rubbish"]);
        Assert.StartsWith("plugin_unloadable: Tributary.Samples.PluginCsharp.dll: ", reasons["cut"]);
        Assert.StartsWith("plugin_unloadable: there are several libraries (A.dll, B.dll)", reasons["several"]);
        Assert.StartsWith(
            "plugin_unloadable: YamlDotNet.dll has no public class that implements Tributary.Plugins.IPlugin",
            reasons["stranger"]);
        Assert.Equal(
            "configuration_invalid: library: found a library beside exec; allowed: one of them.", reasons["both"]);
        Assert.StartsWith("plugin_unloadable: library: there is no file \"Missing.dll\"", reasons["nothing"]);
        Assert.StartsWith("configuration_invalid: plugin.json: ", reasons["json"]);
        Assert.StartsWith(
            "configuration_invalid: time_limit_seconds: found \"long\"; allowed: a number from", reasons["limit"]);
        Assert.StartsWith(
            "configuration_invalid: database.init: found \"missing.sql\", which is not there", reasons["script"]);
        Assert.Equal(PluginState.Failed, host.Statuses.Single(status => status.Name == "rubbish").State);
    }

    [Fact]
    public async Task The_script_of_a_folder_is_run_at_the_start()
    {
        files.Copy(PluginFiles.CsharpSample, "archive");
        File.Delete(Path.Combine(files.Root, "archive", "config.yml"));
        files.Add("archive", "init.sql", "create table entries(name text)");
        files.Add("archive", "plugin.json",
            """{"database": {"init": "init.sql", "type": "postgres"}, "broker": {}, "plugin": {"max_entries": 2}, "max_runs": 3}""");

        var source = Assert.Single(files.Load().Sources);
        await bench.StartAsync(source);

        Assert.Equal([("archive", "create table entries(name text)")], bench.Tables.Scripts);
        Assert.Contains("plugin archive: lists at most 2 entries of an archive", bench.Log);
        Assert.Equal(3, source.MaxRunsCount);
    }

    [Fact]
    public async Task What_a_plugin_says_of_its_configuration_is_the_reason_of_its_failure()
    {
        files.Copy(PluginFiles.CsharpSample, "archive");
        File.WriteAllText(Path.Combine(files.Root, "archive", "config.yml"), "plugin: {max_entries: many}");

        var host = await bench.StartAsync(Assert.Single(files.Load().Sources));

        Assert.Equal(
            "plugin_not_started: FormatException: max_entries: found many; allowed: a whole number above 0.",
            host.Statuses[0].Reason);
    }

    [Fact]
    public void A_folder_of_plugins_that_is_not_there_stops_the_start()
    {
        var error = Assert.Throws<TributaryException>(() =>
            PluginFolders.Load("/nowhere/plugins", PluginFiles.ReadConfiguration, files.Services));

        Assert.Equal(
            ("plugin_folder_missing", "There is no folder \"/nowhere/plugins\"."), (error.Code, error.Message));
    }

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return stream.ToArray();
    }
}
