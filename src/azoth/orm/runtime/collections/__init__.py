"""Collections of related instances that note what is put in and taken out."""
