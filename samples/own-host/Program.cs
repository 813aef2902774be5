using OwnHost;
using Tributary.Silo.Configuration;

await StationHost.Build(ConfigFile.Load("tributary.yaml"), args).RunAsync();
