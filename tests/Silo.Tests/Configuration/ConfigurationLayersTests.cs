using System.Collections;
using System.Text;
using Microsoft.Extensions.Logging;
using Tributary.Connectors.Configuration;
using Tributary.Silo.Configuration;

namespace Tributary.Silo.Tests.Configuration;

public sealed class ConfigurationLayersTests : IDisposable
{
    private readonly string file = Path.GetTempFileName();

    [Fact]
    public void Nothing_configured_is_sqlite_under_data_on_the_loopback_address()
    {
        var settings = ConfigLoader.Load(null, new Hashtable(), []);
        Assert.Equal("http://127.0.0.1:8888", Assert.Single(settings.Listen));
        Assert.Equal(Path.GetFullPath("data"), settings.DataDirectory);
        Assert.Equal("sqlite", settings.DatabaseType);
        Assert.Equal(LogLevel.Information, settings.LogLevel);
    }

    [Fact]
    public void Options_override_variables_and_variables_override_the_file()
    {
        const string Yaml = "data: file\nlimits: {body_bytes: 2000, activations: 2000}\nlogging: {level: debug}\n";
        var environment = new Hashtable
        {
            ["TRIBUTARY__DATA"] = "variable",
            ["tributary__limits__body_bytes"] = "3000",
            ["OTHER__DATA"] = "x",
        };

        var settings = Load(Yaml, environment, new OptionValue("--data", "data", ["option"]));

        Assert.Equal(Path.GetFullPath("option"), settings.DataDirectory);
        Assert.Equal(3000, settings.Api.MaxBodyBytes);
        Assert.Equal(2000, settings.Silo.MaxActivationsCount);
        Assert.Equal(LogLevel.Debug, settings.LogLevel);
        Assert.Equal(Path.GetFullPath("variable"), Load(Yaml, environment).DataDirectory);
    }

    [Fact]
    public void A_variable_holds_a_list_in_brackets_and_any_other_text_as_it_stands()
    {
        var settings = Load("", new Hashtable
        {
            ["TRIBUTARY__API__KEYS"] = "[0123456789abcdef, '${0123456789abcd']",
            ["TRIBUTARY__DATA"] = "a: b # c ${D}",
            ["TRIBUTARY__AGGREGATES"] = "[{name: a, measures: [{name: n, kind: count}]}]",
        });
        Assert.Equal(["0123456789abcdef", "${0123456789abcd"], settings.Api.ApiKeys);
        Assert.Equal(Path.GetFullPath("a: b # c ${D}"), settings.DataDirectory);
        Assert.Equal("a", Assert.Single(settings.Aggregates).Name);
    }

    [Fact]
    public void An_error_names_the_variable_or_the_option_that_is_wrong()
    {
        var error = Assert.Throws<ConfigException>(() =>
            Load(
                "",
                new Hashtable { ["TRIBUTARY__LOGGING__LEVL"] = "x" },
                new OptionValue("--database", "database.type", ["db2"])));
        Assert.Equal(
            ["option --database: database.type: found \"db2\"; allowed: sqlite, postgres.",
             "environment variable TRIBUTARY__LOGGING__LEVL: logging.levl: found an unknown key; allowed: level, "
             + "format."],
            error.Errors.Select(one => one.ToString()).OrderDescending());
    }

    [Fact]
    public void Variables_stand_in_the_file_and_are_not_read_as_yaml()
    {
        var settings = Load("data: pre-${WHERE}-post$${X}", new Hashtable { ["WHERE"] = "a: [b" });
        Assert.Equal(Path.GetFullPath("pre-a: [b-post${X}"), settings.DataDirectory);
    }

    [Fact]
    public void Numbers_keep_their_digits_and_quoted_ones_are_texts()
    {
        var settings = Load(
            "aggregates: [{name: a, group: [{name: g, pointer: /g, floor: 0.1000000000000000000000000000000000001}], "
            + "measures: [{name: '5', kind: count}]}]",
            new Hashtable());
        Assert.Contains(
            "\"floor\":0.1000000000000000000000000000000000001",
            Encoding.UTF8.GetString(settings.Aggregates[0].Json.Span),
            StringComparison.Ordinal);
        Assert.Equal("5", settings.Aggregates[0].Measures[0].Name);
    }

    public void Dispose() => File.Delete(file);

    private SiloConfig Load(string yaml, IDictionary environment, params OptionValue[] options)
    {
        File.WriteAllText(file, yaml);
        return ConfigLoader.Load(file, environment, options);
    }
}
